import Glibc
import Testing

@testable import HearthCluster
@testable import HearthServer

/// What a node keeps in its state file.
@Suite final class FileViewStoreTests {
  private let folder: String
  private var path: String { folder + "/cluster.state" }

  init() throws {
    var template = Array("/tmp/hearth-state-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
  }

  deinit {
    chmod(folder, 0o700)
    for name in [path, path + ".new"] {
      unlink(name)
      rmdir(name)
    }
    rmdir(folder)
  }

  private func state(_ number: UInt64) -> DurableState {
    let position = StreamPosition(incarnation: 1, epoch: 2, sequence: 3)
    return DurableState(
      view: ViewWitness.view(number), incarnation: 7, cleanSince: 1, holdsData: true, isPartial: false,
      begunEpoch: 1, sources: [position, position], owed: [1], lost: [], promised: [], refreshing: [],
      isDirty: false)
  }

  private func content() throws -> [UInt8] {
    let file = try #require(fopen(path, "re"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    bytes.removeSubrange(fread(&bytes, 1, bytes.count, file)...)
    return bytes
  }

  private func replace(_ bytes: [UInt8]) throws {
    let file = try #require(fopen(path, "we"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  @Test func `what was persisted last is there again`() throws {
    let file = try StateFile(path)
    #expect(file.durable == nil && file.view == nil && file.number == 0)
    #expect(file.persist(state(1)) && file.persist(state(2)))
    let again = try StateFile(path)
    #expect(again.durable == state(2) && again.proposed == nil && again.number == 2)
    #expect(access(path + ".new", F_OK) != 0)
  }

  @Test func `a proposal is durable beside the state, until it is adopted`() throws {
    let witness = ViewWitness()
    let file = try StateFile(path)
    #expect(file.persist(state(1)))
    let store = FileViewStore(file, base: witness.base, witness.handlers)
    witness.store = store
    store.propose(ViewWitness.view(2), expecting: 1)
    #expect(witness.outcomes == [], "nothing is told from within a call")
    try witness.run("it is told") { witness.outcomes == ["accepted 2"] }
    // A crash before the adoption.
    let again = try StateFile(path)
    #expect(again.durable == state(1) && again.proposed == ViewWitness.view(2))
    let later = ViewWitness()
    let next = FileViewStore(again, base: later.base, later.handlers)
    later.store = next
    next.start()
    try later.run("it is told") { later.seen == [2] }
    #expect(again.persist(state(2)))
    #expect(try StateFile(path).proposed == nil)
  }

  @Test func `a proposal that comes too late is refused`() throws {
    let witness = ViewWitness()
    let file = try StateFile(path)
    let store = FileViewStore(file, base: witness.base, witness.handlers)
    witness.store = store
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("it is told") { witness.outcomes == ["accepted 1"] }
    store.propose(ViewWitness.view(2), expecting: 0)
    try witness.run("it is told") { witness.outcomes.last == "refused 1 by 7" }
    #expect(try StateFile(path).number == 1)
  }

  @Test func `what cannot be written is not accepted`() throws {
    let witness = ViewWitness()
    let file = try StateFile(path)
    #expect(file.persist(state(1)))
    // Stands in the way of the second file, for root, too.
    #expect(mkdir(path + ".new", 0o700) == 0)
    let store = FileViewStore(file, base: witness.base, witness.handlers)
    witness.store = store
    store.propose(ViewWitness.view(2), expecting: 1)
    try witness.run("it is told") { witness.outcomes == ["unknown"] }
    #expect(witness.lines.count == 1 && store.trouble.contains("cannot write the state_file \(path)"))
    #expect(!file.persist(state(2)))
    #expect(try StateFile(path).number == 1)
    rmdir(path + ".new")
    store.propose(ViewWitness.view(2), expecting: 1)
    try witness.run("it is told") { witness.outcomes.last == "accepted 2" }
    #expect(store.trouble == "")
  }

  @Test func `a damaged file is one clear error`() throws {
    let file = try StateFile(path)
    #expect(file.persist(state(1)) && file.propose(ViewWitness.view(2)))
    let whole = try content()
    for place in stride(from: 0, to: whole.count, by: 3) {
      var bytes = whole
      bytes[place] ^= 0x10
      try replace(bytes)
      #expect(throws: ServerError.self, "byte \(place)") { try StateFile(path) }
    }
    for length in stride(from: 0, to: whole.count, by: 7) {
      try replace(Array(whole[..<length]))
      #expect {
        _ = try StateFile(path)
      } throws: { error in
        "\(error)".contains("\(path) is damaged") && !"\(error)".contains("\n")
      }
    }
    try replace(whole)
    #expect(try StateFile(path).number == 2)
  }
}
