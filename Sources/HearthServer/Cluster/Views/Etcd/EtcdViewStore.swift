import HearthCluster
import HearthJSON

/// The store that an etcd is: the view is one key of it, and a proposal a transaction that compares the key's revision. It reads the
/// key every two seconds, and watches it from what it read on, so that nothing is missed. A member that fails is left for the next
/// one; what was asked of it and not answered is `.unknown`. The control thread only; nothing here waits.
final class EtcdViewStore: ViewStore {
  /// What the member is asked now.
  private enum Question {
    case login
    case read
    case exchange(View)
  }

  private struct Proposal {
    let view: View
    let expecting: UInt64
    /// The key was read after the proposal had come.
    var isInformed = false
    /// How often it was sent.
    var attempts = 0
  }

  private let settings: EtcdSettings
  private let base: OpaquePointer
  private let handlers: ViewStoreHandlers

  /// Which member is asked.
  private var member = 0
  private var calls: EtcdConnection?
  private var watch: EtcdConnection?
  private var question: Question?
  private var token: String?
  /// A token that was refused was thrown away for this question already.
  private var hasRenewed = false

  /// What the key has, as far as it is known; nil: it has to be read.
  private var known: EtcdText.Entry?
  private var isReadDue = true
  /// Number of the view that was told last.
  private var toldNumber: UInt64 = 0
  /// Number of the newest view that there is, as far as is known: etcd must not have an older one.
  private var newestNumber: UInt64 = 0
  private var proposal: Proposal?
  private var outcome: ProposalOutcome?

  /// Failures since the last success or pause; when every member has failed, etcd is away.
  private var failures = 0
  private var isAway = false
  private var isPausing = false
  private var isHurried = false
  /// Milliseconds of the next pause before asking, and before watching again.
  private var pause: Int
  private var watchPause: Int
  private(set) var trouble = "etcd was not asked yet"
  /// What is wrong with what etcd has; empty: nothing.
  private var complaint = ""
  /// Why the member before was left.
  private var lastFailure = ""

  private var timer: LoopTimer?
  private var teller: LoopTimer?

  init(_ settings: EtcdSettings, base: OpaquePointer, _ handlers: ViewStoreHandlers) {
    self.settings = settings
    self.base = base
    self.handlers = handlers
    pause = settings.pauses.lowerBound
    watchPause = pause
    timer = LoopTimer(base) { [unowned self] in goOn() }
    teller = LoopTimer(base) { [unowned self] in tell() }
  }

  deinit {
    calls?.close()
    watch?.close()
  }

  func start() { timer?.fire() }

  func propose(_ view: View, expecting: UInt64) {
    outcome = nil
    proposal = Proposal(view: view, expecting: expecting)
    if isAway { conclude(.unknown) }
    if isPausing && !isHurried {
      isHurried = true
      timer?.set(milliseconds: settings.pauses.lowerBound)
    }
    askNext()
  }

  // MARK: asking

  private var endpoint: String { "etcd \(settings.endpoints[member])" }

  /// The pause is over, or it is time to look again.
  private func goOn() {
    isPausing = false
    isHurried = false
    isReadDue = true
    askNext()
  }

  private func askNext() {
    guard question == nil, !isPausing else { return }
    if let login = settings.login, token == nil {
      ask(.login, "/v3/auth/authenticate", EtcdText.login(login.user, login.password))
    } else if isReadDue || known == nil {
      proposal?.isInformed = true
      ask(.read, "/v3/kv/range", EtcdText.read(settings.key))
    } else if let proposal, let known {
      exchange(proposal, known)
    }
  }

  private func exchange(_ proposal: Proposal, _ known: EtcdText.Entry) {
    let number = known.view?.number ?? 0
    if let view = known.view, number > proposal.expecting {
      conclude(.refused(newer: view))
    } else if number == proposal.expecting && proposal.attempts < 2 {
      self.proposal?.attempts += 1
      let text = EtcdText.exchange(settings.key, proposal.view, ifAt: known.revision)
      ask(.exchange(proposal.view), "/v3/kv/txn", text)
    } else if proposal.isInformed {
      newestNumber = max(newestNumber, proposal.expecting)
      conclude(.unknown)
    } else {
      isReadDue = true
      askNext()
    }
  }

  private func ask(_ question: Question, _ path: String, _ body: JSONValue) {
    self.question = question
    let calls =
      self.calls
      ?? EtcdConnection(settings.endpoints[member], base: base, timeout: settings.timeout) {
        [unowned self] in take($0)
      }
    self.calls = calls
    calls.post(path, body, token: token)
  }

  private func beginWatch(after revision: UInt64) {
    if watch != nil { return }
    let watch = EtcdConnection(settings.endpoints[member], base: base, timeout: settings.timeout) {
      [unowned self] in takeChange($0)
    }
    self.watch = watch
    watch.post("/v3/watch", EtcdText.watch(settings.key, after: revision), token: token, isStream: true)
  }

  // MARK: answers

  private func take(_ event: EtcdConnection.Event) {
    guard let question else {
      // A connection that was idle is gone; the next question makes another.
      return drop(&calls)
    }
    self.question = nil
    switch event {
    case .part: break
    case .failed(let reason): fail("\(endpoint) \(reason)")
    case .answer(200, let answer):
      hasRenewed = false
      take(answer, of: question)
    case .answer(401, _) where token != nil && !hasRenewed:
      // Tokens end after some minutes, and with the member that gave them. Nothing was done.
      hasRenewed = true
      token = nil
      askNext()
    case .answer(let status, let answer):
      let reason = answer["message"]?.text ?? answer["error"]?.text ?? "status \(status)"
      fail("\(endpoint) refuses: \(reason)")
    }
  }

  private func take(_ answer: JSONValue, of question: Question) {
    guard let revision = EtcdText.revision(answer) else { return fail("\(endpoint) answers unlike etcd") }
    do throws(EtcdText.Foreign) {
      switch question {
      case .login:
        guard let token = answer["token"]?.text else { return fail("\(endpoint) gives no token") }
        self.token = token
      case .read:
        isReadDue = false
        succeed()
        beginWatch(after: revision)
        timer?.set(milliseconds: settings.interval)
        learn(try EtcdText.entry(answer), at: revision)
      case .exchange(let view):
        // Whoever was faster is known now, and the proposal is looked at again.
        let obstacle = try EtcdText.obstacle(answer)
        learn(obstacle ?? EtcdText.Entry(view: view, revision: revision), at: revision)
      }
      askNext()
    } catch {
      known = nil
      complain(
        "the key \(settings.key) of \(endpoint) has something that is no view, or of another version of hearthd"
      )
      conclude(.unknown)
    }
  }

  private func takeChange(_ event: EtcdConnection.Event) {
    guard case .part(let part) = event, let result = part["result"], result["canceled"] != .boolean(true)
    else { return restartWatch() }
    watchPause = settings.pauses.lowerBound
    for change in result["events"]?.items ?? [] {
      if let (entry, revision) = try? EtcdText.change(change) {
        learn(entry, at: revision)
      } else {
        isReadDue = true
      }
    }
    askNext()
  }

  /// Begins with a read, after a while.
  private func restartWatch() {
    drop(&watch)
    if isPausing { return }
    timer?.set(milliseconds: watchPause)
    watchPause = min(2 * watchPause, settings.pauses.upperBound)
  }

  /// What the key had at a revision.
  private func learn(_ entry: EtcdText.Entry, at revision: UInt64) {
    // Answers and what the watch tells come over two connections.
    if let known, known.revision > revision { return }
    known = entry
    let number = entry.view?.number ?? 0
    if number < newestNumber {
      complain(
        "\(endpoint) has view \(number), but there was view \(newestNumber): was it restored from a backup?")
    } else {
      newestNumber = number
      complaint = ""
      if !isAway { trouble = "" }
    }
    guard let view = entry.view, number > toldNumber else { return }
    toldNumber = number
    // Who proposed it learns that by the outcome, even if the watch was faster than the answer.
    if let proposal, proposal.attempts > 0, proposal.view == view { return conclude(.accepted(view)) }
    handlers.seen(view)
  }

  // MARK: trouble

  private func succeed() {
    if isAway {
      handlers.log("\(endpoint) answers again")
    } else if failures > 0 {
      handlers.log("\(lastFailure); \(endpoint) is asked instead")
    }
    failures = 0
    isAway = false
    trouble = complaint
    pause = settings.pauses.lowerBound
  }

  /// Goes to the next member; when all have failed, after a pause.
  private func fail(_ reason: String) {
    drop(&calls)
    drop(&watch)
    token = nil
    hasRenewed = false
    known = nil
    isReadDue = true
    lastFailure = reason
    conclude(.unknown)
    member = (member + 1) % settings.endpoints.count
    failures += 1
    if failures < settings.endpoints.count { return askNext() }
    failures = 0
    trouble = reason
    if !isAway { handlers.log(reason) }
    isAway = true
    isPausing = true
    timer?.set(milliseconds: pause)
    pause = min(2 * pause, settings.pauses.upperBound)
  }

  /// The way to etcd is right, but not what it has. Told once.
  private func complain(_ line: String) {
    if complaint != line { handlers.log(line) }
    complaint = line
    trouble = line
  }

  private func drop(_ connection: inout EtcdConnection?) {
    connection?.close()
    connection = nil
  }

  // MARK: the proposal

  private func conclude(_ outcome: ProposalOutcome) {
    guard proposal != nil else { return }
    proposal = nil
    self.outcome = outcome
    teller?.fire()
  }

  private func tell() {
    guard let outcome else { return }
    self.outcome = nil
    handlers.proposed(outcome)
  }
}
