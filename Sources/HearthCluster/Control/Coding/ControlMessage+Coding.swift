extension ControlMessage {
  private enum Kind: UInt8 {
    case view = 1
    case pulse, follow, followed, drain, drained, promise, proposal, farewell, gain, giving
  }

  /// Appends the message, for a frame. A pulse takes some 70 bytes, a view a few hundred.
  public func encode(into bytes: inout [UInt8]) {
    CodingHeader.message.encode(into: &bytes) { write(to: &$0) }
  }

  /// Reads what `encode` wrote; nil: these bytes are not a message, or one in which things contradict each other. That it
  /// fits the map is for `fits` to say.
  public init?(decoding bytes: UnsafeRawBufferPointer) {
    let message = CodingHeader.message.decode(bytes) { (reader) throws(FieldReader.Malformed) in
      try ControlMessage(reading: &reader)
    }
    guard let message else { return nil }
    self = message
  }

  /// Does it speak of a cluster with these pools and pairs? `ClusterControl` takes no other message.
  public func fits(_ map: ClusterMap) -> Bool {
    switch self {
    case .view(let view), .proposal(let view, _): view.map.isSameCluster(as: map)
    case .pulse, .follow, .followed, .drain, .drained, .promise, .gain, .giving, .farewell: true
    }
  }

  private func write(to writer: inout FieldWriter) {
    switch self {
    case .view(let view):
      writer.write(Kind.view.rawValue)
      view.write(to: &writer)
    case .pulse(let pulse):
      writer.write(Kind.pulse.rawValue)
      pulse.write(to: &writer)
    case .follow(let request):
      writer.write(Kind.follow.rawValue)
      request.write(to: &writer)
    case .followed(let view, let answer):
      writer.write(Kind.followed.rawValue)
      writer.write(view)
      answer.write(to: &writer)
    case .drain(let view):
      writer.write(Kind.drain.rawValue)
      writer.write(view)
    case .drained(let view, let answer):
      writer.write(Kind.drained.rawValue)
      writer.write(view)
      answer.write(to: &writer)
    case .promise(let view, let sequence):
      writer.write(Kind.promise.rawValue)
      writer.write(view)
      writer.write(sequence)
    case .gain(let view, let stream):
      writer.write(Kind.gain.rawValue)
      writer.write(view)
      writer.write(stream)
    case .giving(let view, let stream):
      writer.write(Kind.giving.rawValue)
      writer.write(view)
      writer.write(stream)
    case .proposal(let view, let expecting):
      writer.write(Kind.proposal.rawValue)
      view.write(to: &writer)
      writer.write(expecting)
    case .farewell(let view):
      writer.write(Kind.farewell.rawValue)
      writer.write(view)
    }
  }

  private init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    switch Kind(rawValue: try reader.byte()) {
    case .view: self = .view(try View(reading: &reader))
    case .pulse: self = .pulse(try Pulse(reading: &reader))
    case .follow: self = .follow(try FollowRequest(reading: &reader))
    case .followed: self = .followed(view: try reader.quantity(), try FollowAnswer(reading: &reader))
    case .drain: self = .drain(view: try reader.quantity())
    case .drained: self = .drained(view: try reader.quantity(), try DrainAnswer(reading: &reader))
    case .promise: self = .promise(view: try reader.quantity(), sequence: try reader.quantity())
    case .proposal: self = .proposal(try View(reading: &reader), expecting: try reader.quantity())
    case .gain: self = .gain(view: try reader.quantity(), stream: try reader.word())
    case .giving: self = .giving(view: try reader.quantity(), stream: try reader.word())
    case .farewell: self = .farewell(view: try reader.quantity())
    case nil: throw FieldReader.Malformed()
    }
  }
}
