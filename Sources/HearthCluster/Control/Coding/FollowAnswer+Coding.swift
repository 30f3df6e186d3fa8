extension FollowAnswer {
  private enum Kind: UInt8 {
    case stream = 1
    case snapshot, notYet, tooOld
  }

  func write(to writer: inout FieldWriter) {
    switch self {
    case .stream(let stream, let after, let epoch, let incarnation):
      writer.write(Kind.stream.rawValue)
      for number in [stream, after, epoch, incarnation] { writer.write(number) }
    case .snapshot(let stream, let after, let epoch, let incarnation):
      writer.write(Kind.snapshot.rawValue)
      for number in [stream, after, epoch, incarnation] { writer.write(number) }
    case .notYet: writer.write(Kind.notYet.rawValue)
    case .tooOld: writer.write(Kind.tooOld.rawValue)
    }
  }

  init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    switch Kind(rawValue: try reader.byte()) {
    case .stream:
      self = .stream(
        try reader.word(), after: try reader.quantity(), epoch: try reader.quantity(),
        incarnation: try reader.word())
    case .snapshot:
      self = .snapshot(
        try reader.word(), after: try reader.quantity(), epoch: try reader.quantity(),
        incarnation: try reader.word())
    case .notYet: self = .notYet
    case .tooOld: self = .tooOld
    case nil: throw FieldReader.Malformed()
    }
  }
}
