/// The keys of `cluster.etcd`.
enum EtcdFields {
  /// The port of etcd's clients.
  static let presetPort: UInt16 = 2379
  static let endpointLimit = 16
  /// Bytes.
  static let prefixLimit = 256
  /// Milliseconds.
  static let timeoutRange = 50...10_000

  static func read(_ entry: Entry) throws(ConfigurationError) -> EtcdDraft {
    for (key, value) in try entry.pairs() where key == "password" {
      throw value.error(
        "a password has no place in this file",
        "write it to a file that only hearthd can read and name that with password_file:")
    }
    var etcd = EtcdDraft(origin: entry.origin)
    try entry.read(fields, into: &etcd)
    return etcd
  }

  private static let fields: [Field<EtcdDraft>] = [
    Field("endpoints") { (entry, etcd) throws(ConfigurationError) in
      let items = try entry.items()
      guard items.count <= endpointLimit else {
        throw entry.error("there are \(items.count) endpoints", "give \(endpointLimit) at most")
      }
      for item in items { etcd.endpoints.append(try endpoint(item)) }
    },
    Field("prefix") { (entry, etcd) throws(ConfigurationError) in etcd.prefix = try prefix(entry) },
    Field("user") { (entry, etcd) throws(ConfigurationError) in
      etcd.user = Located(try ProcessSection.filled(try entry.text()), entry.origin)
    },
    Field("password_file") { (entry, etcd) throws(ConfigurationError) in
      etcd.passwordFile = Located(try entry.absolutePath(), entry.origin)
    },
    Field("timeout") { (entry, etcd) throws(ConfigurationError) in
      etcd.timeout = try entry.milliseconds(timeoutRange).value
    },
  ]

  private static func endpoint(
    _ entry: Entry
  ) throws(ConfigurationError) -> Located<ClusterConfiguration.Address> {
    let text = try entry.text(as: "an address", "10.0.0.9:2379").value
    if text.contains("://") {
      throw entry.error(
        "\(quoted(text)) is not an address",
        "write host and port alone, as in 10.0.0.9:2379; etcd is spoken to over plain HTTP")
    }
    return try ClusterSection.address(entry, presetPort: presetPort)
  }

  private static func prefix(_ entry: Entry) throws(ConfigurationError) -> String {
    let text = try entry.text(as: "the beginning of keys", "/hearth/").value
    guard 1...prefixLimit ~= text.utf8.count, text.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
      throw entry.error(
        "\(quoted(text)) cannot begin a key",
        "give 1 to \(prefixLimit) letters, digits or signs, as in /hearth/")
    }
    return text
  }
}
