/// Authentication and TLS: refused, because a server that ignored them would be open where it was meant to be closed.
enum SecurityFlags {
  static let all: [Flag] = [
    Flag("S", "enable-sasl") { (given, _) throws(ConfigurationError) in
      throw given.origin.error(
        "SASL authentication is not in this version yet",
        "remove the flag, and listen where only trusted clients reach")
    },
    Flag("Y", "auth-file", .required) { (given, _) throws(ConfigurationError) in
      throw given.origin.error(
        "authentication is not in this version yet",
        "remove the flag, and listen where only trusted clients reach")
    },
    Flag("Z", "enable-ssl") { (given, _) throws(ConfigurationError) in
      throw given.origin.error(
        "TLS is not in this version yet", "remove the flag, or put a TLS proxy before hearthd")
    },
  ]
}
