/// The members of the ENUM and SET columns of a table, as bytes that stay in place for values to point at.
struct MemberTexts: ~Copyable {
  /// Where each list begins in `members`; one more for the end.
  private var starts = [0]
  private var members: [UnsafeMutableRawBufferPointer] = []

  deinit {
    for member in members { member.deallocate() }
  }

  /// Adds a column's members; the number of the list.
  mutating func add(_ list: [String]) -> Int {
    for member in list {
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: member.utf8.count, alignment: 1)
      bytes.copyBytes(from: member.utf8)
      members.append(bytes)
    }
    starts.append(members.count)
    return starts.count - 2
  }

  /// The member of this number, from 1 on; 0 is the invalid value, shown as nothing. nil: there is none.
  func member(_ number: UInt64, of list: Int) -> UnsafeRawBufferPointer? {
    if number == 0 { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard number <= UInt64(starts[list + 1] - starts[list]) else { return nil }
    return UnsafeRawBufferPointer(members[starts[list] + Int(number) - 1])
  }

  /// The names of the bits that are set, with commas. nil: there are bits without a name.
  func joined(_ bits: UInt64, of list: Int, _ image: inout RowImage) -> UnsafeRawBufferPointer? {
    let start = starts[list]
    let count = starts[list + 1] - start
    if count < 64, bits >> UInt64(count) != 0 { return nil }
    if bits.nonzeroBitCount == 1, bits.trailingZeroBitCount < count {
      return UnsafeRawBufferPointer(members[start + bits.trailingZeroBitCount])
    }
    var length = 0
    var left = bits
    while left != 0 {
      length += members[start + left.trailingZeroBitCount].count + 1
      left &= left - 1
    }
    guard length > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let room = image.room(length)
    var offset = 0
    left = bits
    while left != 0 {
      let member = UnsafeRawBufferPointer(members[start + left.trailingZeroBitCount])
      if let base = member.baseAddress { (room + offset).copyMemory(from: base, byteCount: member.count) }
      offset += member.count
      left &= left - 1
      if left != 0 {
        room.storeBytes(of: UInt8(ascii: ","), toByteOffset: offset, as: UInt8.self)
        offset += 1
      }
    }
    image.giveBack(1)
    return UnsafeRawBufferPointer(start: room, count: offset)
  }
}
