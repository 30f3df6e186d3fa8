extension Pulse {
  func write(to writer: inout FieldWriter) {
    writer.write(view)
    writer.write(incarnation)
    writer.write(sentAt)
    writer.write(UInt64(bitPattern: wall))
    writer.write(echo != nil)
    if let echo { writer.write(echo) }
    writer.write(held)
    writer.write(leaseForPrimary)
    writer.write(leaseForReplica)
    writer.write(isFeeding)
    writer.write(isFollowing)
    writer.write(hasBegun)
    writer.write(isSettled)
    writer.write(isClean)
    writer.write(wanted)
  }

  init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    view = try reader.quantity()
    incarnation = try reader.word()
    sentAt = try reader.quantity()
    wall = try reader.wallTime()
    echo = try reader.flag() ? try reader.quantity() : nil
    held = try reader.quantity()
    leaseForPrimary = try reader.quantity()
    leaseForReplica = try reader.quantity()
    isFeeding = try reader.flag()
    isFollowing = try reader.flag()
    hasBegun = try reader.flag()
    isSettled = try reader.flag()
    isClean = try reader.flag()
    wanted = try reader.word()
  }
}
