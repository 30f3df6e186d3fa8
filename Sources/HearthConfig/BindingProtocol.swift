/// Which protocol the listeners speak (`-B`). The binary protocol is refused when the configuration is read.
public enum BindingProtocol: String, Sendable, CaseIterable {
  /// The first byte of a connection decides (memcached's "negotiating").
  case auto
  /// Text only.
  case ascii
}
