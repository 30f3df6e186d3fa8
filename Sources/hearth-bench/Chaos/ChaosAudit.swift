import CHearth
import Glibc
import HearthRig

/// Reads every key with an acknowledged write after all is well again.
struct ChaosAudit {
  /// Acknowledged writes that are missing, and when the oldest of them was acknowledged.
  private(set) var lost: UInt64 = 0
  private(set) var oldest: UInt64 = .max
  private(set) var complaints: [String] = []

  /// - Throws: When the keys cannot be read.
  init(_ ledgers: [WriteLedger], _ network: VirtualNetwork, address: String) throws {
    let stories = ledgers.flatMap(\.stories)
    try network.inside("client") {
      let connection = PatientConnection(address: address, patience: 2000)
      for start in stride(from: 0, to: stories.count, by: 50) {
        try check(stories[start..<min(start + 50, stories.count)], connection)
      }
    }
  }

  private mutating func check(_ stories: ArraySlice<WriteLedger.Story>, _ connection: PatientConnection)
    throws
  {
    var found: [String: UInt64] = [:]
    for attempt in 1...5 {
      do throws(PatientConnection.Trouble) {
        let last = try connection.ask(Array("get \(stories.map(\.key).joined(separator: " "))\r\n".utf8)) {
          (answer) throws(PatientConnection.Trouble) in
          var line = try answer.line()
          while line.hasPrefix("VALUE ") {
            let words = line.split(separator: " ")
            let value = try answer.line()
            found[String(words[1])] = UInt64(value.prefix { $0 != " " }) ?? 0
            line = try answer.line()
          }
          return line
        }
        if last == "END" { break }
        if attempt == 5 { throw .timedOut }
        connection.disconnect()
      } catch {
        if attempt == 5 { throw SystemError("the keys cannot be read after the fault: \(error)") }
      }
      usleep(100_000)
    }
    for story in stories where found[story.key] != story.acknowledged {
      if let value = found[story.key], value == story.undecided { continue }
      lost += 1
      oldest = min(oldest, story.at)
      if complaints.count < 5 {
        complaints.append(
          "\(story.key) is \(found[story.key].map(String.init) ?? "missed"), \(story.acknowledged) was acknowledged"
        )
      }
    }
  }
}
