extension RowReader {
  /// Sets a column's value from its bytes. Values of fixed size have that size. false: bytes no server writes.
  @inline(__always)
  func render(
    _ step: UnsafeMutablePointer<ColumnStep>, _ value: UnsafeRawBufferPointer, _ column: Int,
    _ image: inout RowImage
  ) -> Bool {
    switch step.pointee.rendering {
    case .inPlace where !step.pointee.isCompressed:
      image.set(column, RowValue(value))
      return true
    case .signed:
      let bytes = value.baseAddress.unsafelyUnwrapped
      let shift = Int64(64 - 8 * value.count)
      let number = Int64(bitPattern: ByteOrder.little(bytes, value.count) << UInt64(shift)) >> shift
      let room = image.room(DigitText.longest)
      finish(column, room, DigitText.write(signed: number, to: room), of: DigitText.longest, &image)
      return true
    case .unsigned:
      let room = image.room(DigitText.longest)
      let number = ByteOrder.little(value.baseAddress.unsafelyUnwrapped, value.count)
      finish(column, room, DigitText.write(number, to: room), of: DigitText.longest, &image)
      return true
    default:
      return renderRare(step, value, column, &image)
    }
  }

  /// Sets the text that stands in the first `count` of `taken` bytes of room, and gives the others back.
  @inline(__always)
  private func finish(
    _ column: Int, _ room: UnsafeMutableRawPointer, _ count: Int, of taken: Int, _ image: inout RowImage
  ) {
    image.giveBack(taken - count)
    image.set(column, RowValue(UnsafeRawBufferPointer(start: room, count: count)))
  }

  private func renderRare(
    _ step: UnsafeMutablePointer<ColumnStep>, _ value: UnsafeRawBufferPointer, _ column: Int,
    _ image: inout RowImage
  ) -> Bool {
    let precision = Int(step.pointee.precision)
    switch step.pointee.rendering {
    case .signed, .unsigned: return false
    case .decimal:
      let longest = DecimalText.longest(precision: precision)
      let room = image.room(longest)
      let count = DecimalText.write(
        value.baseAddress.unsafelyUnwrapped, precision: precision, scale: Int(step.pointee.scale), to: room)
      finish(column, room, count, of: longest, &image)
    case .float:
      let room = image.room(FloatText.longest)
      let number = Float(bitPattern: value.loadUnaligned(as: UInt32.self))
      finish(column, room, FloatText.write(number, to: room), of: FloatText.longest, &image)
    case .double:
      let room = image.room(FloatText.longest)
      let number = Double(bitPattern: value.loadUnaligned(as: UInt64.self))
      finish(column, room, FloatText.write(number, to: room), of: FloatText.longest, &image)
    case .bit:
      let room = image.room(DigitText.longest)
      let number = ByteOrder.big(value.baseAddress.unsafelyUnwrapped, value.count)
      finish(column, room, DigitText.write(number, to: room), of: DigitText.longest, &image)
    case .year:
      let room = image.room(4)
      DigitText.write(value[0] == 0 ? 0 : 1900 + UInt64(value[0]), digits: 4, to: room)
      finish(column, room, 4, of: 4, &image)
    case .date, .time, .datetime, .timestamp: renderTemporal(step, value, column, &image)
    case .padded, .inPlace, .converted, .json, .geometry, .uuid, .inet:
      return renderBytes(step, value, column, &image)
    case .enumeration:
      let number = ByteOrder.little(value.baseAddress.unsafelyUnwrapped, value.count)
      guard let member = members.member(number, of: Int(step.pointee.index)) else { return false }
      image.set(column, RowValue(member))
    case .set:
      let bits = ByteOrder.little(value.baseAddress.unsafelyUnwrapped, value.count)
      guard let names = members.joined(bits, of: Int(step.pointee.index), &image) else { return false }
      image.set(column, RowValue(names))
    }
    return true
  }

  private func renderTemporal(
    _ step: UnsafeMutablePointer<ColumnStep>, _ value: UnsafeRawBufferPointer, _ column: Int,
    _ image: inout RowImage
  ) {
    let bytes = value.baseAddress.unsafelyUnwrapped
    let digits = Int(step.pointee.precision)
    let room = image.room(TemporalText.longest)
    let count =
      switch step.pointee.rendering {
      case .date: TemporalText.writeDate(ByteOrder.little(bytes, 3), to: room)
      case .time: TemporalText.writeTime(bytes, digits: digits, to: room)
      case .datetime: TemporalText.writeDateTime(bytes, digits: digits, to: room)
      default: TemporalText.writeTimestamp(bytes, digits: digits, to: room)
      }
    finish(column, room, count, of: TemporalText.longest, &image)
  }

  /// Values with a length of their own.
  private func renderBytes(
    _ step: UnsafeMutablePointer<ColumnStep>, _ packed: UnsafeRawBufferPointer, _ column: Int,
    _ image: inout RowImage
  ) -> Bool {
    var value = packed
    if step.pointee.isCompressed {
      guard let unpacked = unpack(packed, &image) else { return false }
      value = unpacked
    }
    switch step.pointee.rendering {
    case .padded:
      let size = Int(step.pointee.size)
      if value.count < size { value = pad(value, size, &image) }
      image.set(column, RowValue(value))
    case .converted:
      let conversion = conversions[Int(step.pointee.index)]
      image.set(column, conversion.value(value, &image))
    case .json where step.pointee.isBinaryJSON:
      guard let text = MySQLJSON.text(value, &image) else { return false }
      image.set(column, RowValue(text))
    case .geometry:
      // Four bytes of SRID, which MySQL and MariaDB put before the well-known binary.
      guard value.count >= 4 || value.isEmpty else { return false }
      image.set(column, RowValue(value.isEmpty ? value : UnsafeRawBufferPointer(rebasing: value[4...])))
    case .uuid:
      guard value.count <= 16 else { return false }
      let bytes = pad(value, 16, &image)
      let room = image.room(AddressText.uuidLength)
      AddressText.writeUUID(bytes.baseAddress.unsafelyUnwrapped, to: room)
      image.set(column, RowValue(UnsafeRawBufferPointer(start: room, count: AddressText.uuidLength)))
    case .inet:
      let size = Int(step.pointee.size)
      guard value.count <= size else { return false }
      let bytes = pad(value, size, &image).baseAddress.unsafelyUnwrapped
      let room = image.room(AddressText.longestInet)
      let count =
        size == 4 ? AddressText.writeInet4(bytes, to: room) : AddressText.writeInet6(bytes, to: room)
      finish(column, room, count, of: AddressText.longestInet, &image)
    default:
      image.set(column, RowValue(value))
    }
    return true
  }

  /// The bytes with zeros behind, up to `size`: servers strip them from BINARY, UUID and INET.
  private func pad(_ value: UnsafeRawBufferPointer, _ size: Int, _ image: inout RowImage)
    -> UnsafeRawBufferPointer
  {
    let room = image.room(size)
    if let base = value.baseAddress { room.copyMemory(from: base, byteCount: value.count) }
    (room + value.count).initializeMemory(as: UInt8.self, repeating: 0, count: size - value.count)
    return UnsafeRawBufferPointer(start: room, count: size)
  }

  /// MariaDB's compressed columns (`sql/field_comp.cc`): 0 and the bytes as they are; or the method in the high four bits
  /// (8: zlib), whether zlib's header is missing, the size of the length (three bits), the length, and the data.
  private func unpack(_ value: UnsafeRawBufferPointer, _ image: inout RowImage) -> UnsafeRawBufferPointer? {
    guard let first = value.first else { return value }
    if first == 0 { return UnsafeRawBufferPointer(rebasing: value[1...]) }
    let size = Int(first & 7)
    guard first >> 4 == 8, size > 0, value.count > 1 + size, let base = value.baseAddress, let inflater else {
      return nil
    }
    let length = ByteOrder.big(base + 1, size)
    let data = UnsafeRawBufferPointer(rebasing: value[(1 + size)...])
    guard Inflater.isPossible(length, from: data.count) else { return nil }
    guard length <= UInt64(decompressedLeft) else {
      isOverLimit = true
      return nil
    }
    decompressedLeft -= Int(length)
    let room = UnsafeMutableRawBufferPointer(start: image.room(Int(length)), count: Int(length))
    return inflater.inflate(data, into: room, isRaw: first & 8 != 0) ? UnsafeRawBufferPointer(room) : nil
  }
}
