/// The version of this build, as `hearthd -V` and the protocol's `version` command give it. Clients parse it as
/// `x.y.z`.
public let hearthVersion = "0.1.0"
