import CHearth
import Glibc
import HearthCluster
import HearthConfig
import TestDatabase
import Testing

@testable import HearthServer

/// Views in a real etcd.
@Suite(.serialized) struct EtcdViewStoreTests {
  private func settings(
    _ ports: [UInt16], _ change: (inout ClusterConfiguration.Etcd) -> Void = { _ in }
  ) throws -> EtcdSettings {
    var etcd = ClusterConfiguration.Etcd(endpoints: ports.map { .init(host: "127.0.0.1", port: $0) })
    change(&etcd)
    var settings = try EtcdSettings(etcd, cluster: "test")
    settings.pauses = 20...100
    settings.interval = 200
    return settings
  }

  private func store(_ witness: ViewWitness, _ settings: EtcdSettings) -> EtcdViewStore {
    let store = EtcdViewStore(settings, base: witness.base, witness.handlers)
    witness.store = store
    store.start()
    return store
  }

  @Test func `of two that propose at once one wins, and the other learns what`() throws {
    let etcd = try PrivateEtcd()
    let (first, second) = (ViewWitness(), ViewWitness())
    let one = store(first, try settings([etcd.port]))
    let other = store(second, try settings([etcd.port]))
    for round in UInt64(0)..<20 {
      one.propose(ViewWitness.view(round + 1, by: 1), expecting: round)
      other.propose(ViewWitness.view(round + 1, by: 2), expecting: round)
      try first.run("both have an answer") {
        second.run(seconds: 0.001)
        return first.outcomes.count > round && second.outcomes.count > round
      }
      let outcomes = [first.outcomes.last, second.outcomes.last]
      #expect(
        outcomes == ["accepted \(round + 1)", "refused \(round + 1) by 1"]
          || outcomes == ["refused \(round + 1) by 2", "accepted \(round + 1)"])
    }
    #expect(one.trouble == "" && other.trouble == "")
    #expect(first.lines + second.lines == [])
  }

  @Test func `who starts later learns the view that is there, and each newer one at once`() throws {
    let etcd = try PrivateEtcd()
    let (first, second) = (ViewWitness(), ViewWitness())
    var settings = try settings([etcd.port])
    let one = store(first, settings)
    one.propose(ViewWitness.view(1), expecting: 0)
    try first.run("the first view is there") { first.outcomes == ["accepted 1"] }
    // Only the watch can be so fast.
    settings.interval = 60_000
    let other = store(second, settings)
    try second.run("it learns the first") { second.seen == [1] }
    second.run(seconds: 0.3)
    for number in UInt64(2)...5 {
      one.propose(ViewWitness.view(number), expecting: number - 1)
      try first.run("it is there", seconds: 5) { first.outcomes.last == "accepted \(number)" }
      try second.run("it is told", seconds: 5) { second.seen.last == number }
    }
    #expect(second.seen == [1, 2, 3, 4, 5] && other.trouble == "")
    // Who has proposed a view does not see it besides.
    first.run(seconds: 0.3)
    #expect(first.seen == [])
  }

  @Test func `a view is proposed from within the telling of another`() throws {
    let etcd = try PrivateEtcd()
    let (first, second) = (ViewWitness(), ViewWitness())
    let one = store(first, try settings([etcd.port]))
    let other = store(second, try settings([etcd.port]))
    second.onSeen = { [unowned other] in
      if $0.number == 1 { other.propose(ViewWitness.view(2), expecting: 1) }
    }
    one.propose(ViewWitness.view(1), expecting: 0)
    try first.run("the answer comes back") {
      second.run(seconds: 0.001)
      return first.seen == [2] && second.outcomes == ["accepted 2"]
    }
  }

  @Test func `an etcd that is killed is missed once and found again`() throws {
    let etcd = try PrivateEtcd()
    let witness = ViewWitness()
    let store = store(witness, try settings([etcd.port]))
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("it is there") { witness.outcomes == ["accepted 1"] }
    etcd.kill()
    try witness.run("it is missed") { !store.trouble.isEmpty }
    store.propose(ViewWitness.view(2), expecting: 1)
    try witness.run("there is an answer", seconds: 2) { witness.outcomes.last == "unknown" }
    witness.run(seconds: 0.5)
    let name = "etcd 127.0.0.1:\(etcd.port)"
    #expect(witness.lines.count == 1 && witness.lines[0].hasPrefix(name))
    #expect(store.trouble == "\(name) cannot be reached")
    try etcd.start()
    try witness.run("it is found") { store.trouble.isEmpty }
    #expect(witness.lines.count == 2 && witness.lines[1] == "\(name) answers again")
    store.propose(ViewWitness.view(2), expecting: 1)
    try witness.run("it is there") { witness.outcomes.last == "accepted 2" }
    // The watch is there again, too.
    let other = ViewWitness()
    let second = self.store(other, try settings([etcd.port]))
    second.propose(ViewWitness.view(3), expecting: 2)
    try other.run("it is there") { other.outcomes.last == "accepted 3" }
    try witness.run("it is told") { witness.seen == [3] }
  }

  @Test func `an etcd that hangs makes a proposal unknown in time`() throws {
    let etcd = try PrivateEtcd()
    let witness = ViewWitness()
    var settings = try settings([etcd.port]) { $0.timeout = 200 }
    settings.interval = 60_000
    let store = store(witness, settings)
    try witness.run("it is known") { store.trouble.isEmpty }
    witness.run(seconds: 0.2)
    etcd.pause()
    let began = hearth_monotonic_ns()
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("there is an answer", seconds: 5) { witness.outcomes == ["unknown"] }
    // The loop counts from when it last woke.
    #expect(hearth_monotonic_ns() - began >= 150_000_000)
    #expect(store.trouble == "etcd 127.0.0.1:\(etcd.port) does not answer")
    etcd.resume()
    try witness.run("it is back") { store.trouble.isEmpty }
    // It may have been carried out after all.
    try witness.run("there is an answer") {
      if witness.outcomes.last == "unknown" { store.propose(ViewWitness.view(1), expecting: 0) }
      return ["accepted 1", "refused 1 by 7"].contains(witness.outcomes.last)
    }
  }

  @Test func `a member that does not answer is left for the next`() throws {
    let (etcd, silent) = (try PrivateEtcd(), try PrivateEtcd())
    silent.pause()
    let witness = ViewWitness()
    let store = store(witness, try settings([1, silent.port, etcd.port]))
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("a member is found") { store.trouble.isEmpty && witness.outcomes == ["unknown"] }
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("there is an answer") { witness.outcomes.count == 2 }
    #expect(witness.outcomes == ["unknown", "accepted 1"])
    #expect(
      witness.lines == [
        "etcd 127.0.0.1:\(silent.port) does not answer; etcd 127.0.0.1:\(etcd.port) is asked instead"
      ])
  }

  @Test func `a wrong password is said, and the right one is enough`() throws {
    let etcd = try PrivateEtcd()
    try etcd.demandLogin(password: "right")
    let name = "etcd 127.0.0.1:\(etcd.port) refuses: etcdserver:"
    let witness = ViewWitness()
    let stranger = store(witness, try settings([etcd.port]))
    try witness.run("it is refused") { stranger.trouble == "\(name) user name is empty" }
    var login = try settings([etcd.port])
    login.login = (user: "root", password: "wrong")
    let other = ViewWitness()
    let wrong = store(other, login)
    try other.run("it is refused") {
      wrong.trouble == "\(name) authentication failed, invalid user ID or password"
    }
    #expect(other.lines.count == 1)
    login.login = (user: "root", password: "right")
    let known = ViewWitness()
    let right = store(known, login)
    right.propose(ViewWitness.view(1), expecting: 0)
    try known.run("it is there") { known.outcomes == ["accepted 1"] }
    #expect(right.trouble == "")
  }

  @Test func `who was logged in too long logs in again`() throws {
    let etcd = try PrivateEtcd(options: ["--auth-token-ttl=1"])
    try etcd.demandLogin(password: "right")
    let witness = ViewWitness()
    var login = try settings([etcd.port])
    login.login = (user: "root", password: "right")
    login.interval = 60_000
    let store = store(witness, login)
    try witness.run("it is known") { store.trouble.isEmpty }
    witness.run(seconds: 3)
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("it is there") { witness.outcomes == ["accepted 1"] }
    #expect(witness.lines == [])
  }

  @Test func `a password is read from its file`() throws {
    let path = "/tmp/hearth-password-\(getpid())"
    defer { unlink(path) }
    func login(_ text: String) throws -> String? {
      let file = try #require(fopen(path, "we"))
      fputs(text, file)
      fclose(file)
      return try settings([1]) {
        $0.user = "hearth"
        $0.passwordFile = path
      }.login?.password
    }
    #expect(try login("secret\n") == "secret")
    #expect(throws: ServerError.self) { try login("\n") }
    unlink(path)
    #expect {
      _ = try settings([1]) {
        $0.user = "hearth"
        $0.passwordFile = path
      }
    } throws: { "\($0)".contains(path) }
  }

  @Test func `what is no view is left alone and told`() throws {
    let etcd = try PrivateEtcd()
    // The base64 of /hearth/test/view and of a word.
    try etcd.put("L2hlYXJ0aC90ZXN0L3ZpZXc=", "d29yZA==")
    let witness = ViewWitness()
    let store = store(witness, try settings([etcd.port]))
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("there is an answer") { witness.outcomes == ["unknown"] }
    witness.run(seconds: 0.7)
    #expect(witness.lines.count == 1 && store.trouble.contains("is no view") && witness.seen == [])
  }

  @Test func `views that etcd had and has no more are told, and nothing is decided`() throws {
    let etcd = try PrivateEtcd()
    let witness = ViewWitness()
    let store = store(witness, try settings([etcd.port]))
    store.propose(ViewWitness.view(5), expecting: 4)
    try witness.run("there is an answer") { witness.outcomes == ["unknown"] }
    store.propose(ViewWitness.view(5), expecting: 4)
    try witness.run("there is an answer") { witness.outcomes == ["unknown", "unknown"] }
    witness.run(seconds: 0.5)
    #expect(witness.lines.count == 1 && store.trouble.contains("has view 0, but there was view 4"))
    // Who begins at the beginning can go on.
    store.propose(ViewWitness.view(1), expecting: 0)
    try witness.run("there is an answer") { witness.outcomes.last == "accepted 1" }
  }
}
