import HearthFeed
import Testing

struct RowImageTests {
  private func text(_ value: RowValue) -> String { String(decoding: value.bytes, as: UTF8.self) }

  @Test
  func `values stay in place while more room is taken`() {
    var image = RowImage()
    image.begin(columns: 300)
    for column in 0..<300 {
      let bytes = Array(repeating: UInt8(truncatingIfNeeded: column), count: 1 + column * 7)
      let room = image.room(bytes.count)
      room.copyMemory(from: bytes, byteCount: bytes.count)
      image.set(column, RowValue(UnsafeRawBufferPointer(start: room, count: bytes.count)))
    }
    for column in 0..<300 {
      let value = image[column]
      #expect(value.state == .value && value.bytes.count == 1 + column * 7)
      #expect(value.bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: column) })
    }
  }

  @Test
  func `a new row begins with nothing`() {
    var image = RowImage()
    image.begin(columns: 2)
    image.set(0, RowValue(.null))
    image.begin(columns: 1)
    #expect(image.count == 1)
    #expect(image[0].state == .absent)
    #expect(image[1].state == .absent)
  }

  @Test
  func `room that was not needed is given back`() {
    var image = RowImage()
    image.begin(columns: 1)
    let first = image.room(100)
    image.giveBack(60)
    #expect(image.room(1) == first + 40)
  }
}
