/// The version of this build, as `hearthd -V` gives it.
public let hearthVersion = "0.1.0"

/// The version of memcached whose protocol is spoken, as the `version` command and `stats` give it. Clients choose
/// their commands by it, and libmemcached takes a major version of 0 for an error.
public let protocolVersion = "1.6.45"
