/// Which of several nodes a key belongs to: weighted ketama as libmemcached has it (`MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED`), so that a
/// client that hashes by itself and a node agree. Constant once made; any thread. A look-up is a binary search among 160 points for each
/// member of mean weight.
public struct Ring: Sendable {
  /// Points of a member of mean weight (libmemcached, `MEMCACHED_POINTS_PER_SERVER_KETAMA`).
  static let pointsPerMember: Float = 160
  /// Points from one digest.
  private static let pointsPerDigest = 4
  /// The port that libmemcached leaves out of a member's name.
  private static let plainPort: UInt16 = 11211

  /// In ascending order, and for each the number of its member.
  let points: [UInt32]
  private let owners: [UInt16]

  /// A ring of at least one and at most 65,535 members; the order does not matter but for the numbers.
  public init(_ members: [RingMember]) {
    precondition(1...Int(UInt16.max) ~= members.count && members.allSatisfy { $0.weight > 0 })
    var made: [(point: UInt32, owner: UInt16)] = []
    let total = members.reduce(UInt32(0)) { $0 &+ $1.weight }
    for (index, member) in members.enumerated() {
      // In single precision and with the epsilon of libmemcached, hosts.cc, which decide where it rounds down.
      let share = Float(member.weight) / Float(total)
      let digests = Double(share * Self.pointsPerMember / Float(Self.pointsPerDigest) * Float(members.count))
      let number = Int(Float(digests + 0.0000000001).rounded(.down))
      for i in 0..<number {
        var name =
          member.port == Self.plainPort ? "\(member.host)-\(i)" : "\(member.host):\(member.port)-\(i)"
        let (a, b, c, d) = name.withUTF8 { KetamaHash.points(of: UnsafeRawBufferPointer($0)) }
        for point in [a, b, c, d] { made.append((point, UInt16(index))) }
      }
    }
    made.sort { ($0.point, $0.owner) < ($1.point, $1.owner) }
    points = made.map(\.point)
    owners = made.map(\.owner)
  }

  /// Number of the member that the point belongs to: the one with the next point on the ring.
  public func owner(of point: UInt32) -> Int {
    points.withUnsafeBufferPointer { points in
      guard let start = points.baseAddress else { return 0 }
      return Int(owners[Self.place(of: point, in: start, points.count)])
    }
  }

  /// The place of the next point on a ring, of at least one, after the given one; behind the last comes the first.
  @inline(__always)
  static func place(of point: UInt32, in points: UnsafePointer<UInt32>, _ count: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if points[middle] < point { low = middle &+ 1 } else { high = middle }
    }
    return low == count ? 0 : low
  }

  /// Number of the member that a key belongs to.
  public func owner(of key: UnsafeRawBufferPointer) -> Int { owner(of: KetamaHash.point(of: key)) }
}
