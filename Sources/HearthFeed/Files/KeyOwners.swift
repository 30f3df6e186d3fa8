/// Files that have the same key, for templates where that can be: the one whose path comes first in the order of bytes has
/// the entry, whatever came first in time. Keeps nothing where each path has a key of its own.
struct KeyOwners {
  private let isNeeded: Bool
  private var paths: [[UInt8]: Set<[UInt8]>] = [:]

  init(isNeeded: Bool) { self.isNeeded = isNeeded }

  /// The file is there. Answers whether it has the key, and who had it until now.
  mutating func claim(_ key: [UInt8], by path: [UInt8]) -> (isOwner: Bool, ousted: [UInt8]?) {
    if !isNeeded { return (true, nil) }
    var claims = paths[key] ?? []
    let before = Self.first(claims)
    claims.insert(path)
    paths[key] = claims
    let now = Self.first(claims)
    return (now == path, before != now ? before : nil)
  }

  /// The file is gone, or cannot be stored. Answers who has the key now, if it had it.
  mutating func release(_ key: [UInt8], by path: [UInt8]) -> [UInt8]? {
    guard isNeeded, var claims = paths[key] else { return nil }
    let wasOwner = Self.first(claims) == path
    claims.remove(path)
    paths[key] = claims.isEmpty ? nil : claims
    return wasOwner ? Self.first(claims) : nil
  }

  private static func first(_ claims: Set<[UInt8]>) -> [UInt8]? {
    claims.min { $0.lexicographicallyPrecedes($1) }
  }
}
