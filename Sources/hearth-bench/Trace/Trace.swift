/// Requests in order of time. Objects are numbered from 0 in order of first appearance.
struct Trace: Sendable {
  var name: String
  /// The object of each request.
  private(set) var requests: [UInt32] = []
  /// The length of each object's value: that of its first request.
  private(set) var sizes: [UInt32] = []
  private var numbers: [UInt64: UInt32] = [:]

  init(name: String) { self.name = name }

  init(name: String, requests: [UInt32], sizes: [UInt32]) {
    self.name = name
    self.requests = requests
    self.sizes = sizes
  }

  mutating func append(identity: UInt64, size: @autoclosure () -> UInt32) {
    if let number = numbers[identity] {
      requests.append(number)
      return
    }
    let number = UInt32(sizes.count)
    numbers[identity] = number
    sizes.append(max(size(), 1))
    requests.append(number)
  }

  /// The bytes of all objects, keys included, when every value is multiplied by `factor`.
  func footprint(factor: Double, keySize: Int) -> UInt64 {
    sizes.reduce(0) { $0 + UInt64(Self.scale($1, factor)) + UInt64(keySize) }
  }

  /// The lengths of the values with which memory is `share` of the footprint. Values end at the item limit,
  /// so a small trace may stay below; the caller can tell by `footprint`.
  func scaledSizes(memory: UInt64, share: Double, keySize: Int) -> [UInt32] {
    let wanted = UInt64(Double(memory) / share)
    var low = 0.0
    var high = Double(SizeDistribution.largest)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if footprint(factor: middle, keySize: keySize) < wanted { low = middle } else { high = middle }
    }
    return sizes.map { Self.scale($0, high) }
  }

  private static func scale(_ size: UInt32, _ factor: Double) -> UInt32 {
    UInt32(min(max((Double(size) * factor).rounded(), 1), Double(SizeDistribution.largest)))
  }
}
