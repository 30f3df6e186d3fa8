/// Where to listen.
enum NetworkFlags {
  static let all: [Flag] = [
    Flag("p", "port", .required) { (given, draft) throws(ConfigurationError) in
      draft.network.tcpPort = try given.integer(-1...65535)
    },
    Flag("U", "udp-port", .required) { (given, draft) throws(ConfigurationError) in
      draft.network.udpPort = try given.integer(-1...65535)
    },
    Flag("s", "unix-socket", .required) { (given, draft) throws(ConfigurationError) in
      try ListenersSection.check(unixPath: given.located)
      draft.network.unixPath = given.located
    },
    Flag("a", "unix-mask", .required) { (given, draft) throws(ConfigurationError) in
      guard let mode = Quantity.mode(given.value) else {
        throw given.origin.error(
          "\(quoted(given.value)) is not an octal mode", "give permission bits up to 777, as in -a 700")
      }
      draft.network.unixMode = mode
    },
    Flag("l", "listen", .required) { (given, draft) throws(ConfigurationError) in
      for part in given.value.split(whereSeparator: { $0 == "," || $0 == ";" }) {
        draft.network.addresses.append(Located(try address(String(part), given, &draft), given.origin))
      }
      guard !draft.network.addresses.isEmpty else {
        throw given.origin.error("there is no address", "give one, as in -l 127.0.0.1")
      }
    },
    Flag("b", "listen-backlog", .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.backlog = try given.integer(1...65535).value
    },
    Flag("B", "protocol", .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.bindingProtocol = try bindingProtocol(given.value, given)
    },
  ]

  private static func bindingProtocol(
    _ name: String, _ given: GivenFlag
  ) throws(ConfigurationError) -> BindingProtocol {
    switch name {
    case "auto", "negotiating": return .auto
    case "ascii": return .ascii
    case "binary":
      throw given.origin.error("the binary protocol is not in this version yet", "use auto or ascii")
    default: throw given.origin.error("\(quoted(name)) is not a protocol", "give auto or ascii")
    }
  }

  /// One address, after memcached's prefixes: `notls:`, `btls:` and `mtls:`, `proto[NAME]:`, and `tag[NAME]:` or
  /// `tag_NAME_:`.
  private static func address(
    _ text: String, _ given: GivenFlag, _ draft: inout Draft
  ) throws(ConfigurationError) -> HostPort {
    var rest = text[...]
    for prefix in ["notls:", "btls:", "mtls:"] where rest.hasPrefix(prefix) {
      throw given.origin.error("\(prefix) is for TLS, which is not in this version yet", "remove it")
    }
    if rest.hasPrefix("proto["), let close = rest.firstIndex(of: "]") {
      let name = rest[..<close].dropFirst("proto[".count)
      draft.configuration.bindingProtocol = try bindingProtocol(String(name), given)
      rest = rest[rest.index(after: close)...].dropFirst()
    }
    if rest.hasPrefix("tag[") || rest.hasPrefix("tag_") {
      let name = rest.dropFirst("tag[".count)
      guard let close = name.firstIndex(where: { $0 == "]" || $0 == "_" }) else {
        throw given.origin.error("\(quoted(text)) has a tag without an end", "write tag[NAME]:ADDRESS")
      }
      rest = name[name.index(after: close)...].dropFirst()
      draft.note("a tag in -l has no meaning here: listeners are not counted by tag")
    }
    do throws(HostPort.Problem) {
      return try HostPort(String(rest))
    } catch {
      throw given.origin.error(error.problem, error.remedy)
    }
  }
}
