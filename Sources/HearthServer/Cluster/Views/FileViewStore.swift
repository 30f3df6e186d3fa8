import HearthCluster

/// The store of a cluster without etcd: the state file of the node that keeps the view. What it makes durable becomes the node's view
/// when the control adopts it, in this life or, told by `start`, in the next. A proposal waits for the disk.
final class FileViewStore: ViewStore {
  private let file: StateFile
  private let handlers: ViewStoreHandlers
  private var outcome: ProposalOutcome?
  private var hasStarted = false
  /// Tells what is to be told.
  private var timer: LoopTimer?

  init(_ file: StateFile, base: OpaquePointer, _ handlers: ViewStoreHandlers) {
    self.file = file
    self.handlers = handlers
    timer = LoopTimer(base) { [unowned self] in tell() }
  }

  var trouble: String { file.trouble }

  func start() {
    hasStarted = true
    timer?.fire()
  }

  func propose(_ view: View, expecting: UInt64) {
    if file.number != expecting {
      outcome = file.view.flatMap { $0.number > expecting ? .refused(newer: $0) : nil } ?? .unknown
    } else if file.propose(view) {
      outcome = .accepted(view)
    } else {
      handlers.log(file.trouble)
      outcome = .unknown
    }
    timer?.fire()
  }

  private func tell() {
    if hasStarted {
      hasStarted = false
      if let view = file.view { handlers.seen(view) }
    }
    if let outcome {
      self.outcome = nil
      handlers.proposed(outcome)
    }
  }
}
