import HearthCluster

/// What a node's control thinks, for people: copied after each turn.
struct ControlPicture {
  /// The view that the node goes by; of number 0 before the first.
  var view: View?
  /// The numbers of its nodes in this process.
  var numbers = NodeNumbers([])
  /// The view counts on this node.
  var isReady = false
  /// How far this node is.
  var state = NodeState.empty
  /// This node has the only ready copy of some keys.
  var isUnprotected = false
  /// What is wrong with the store of views; empty: nothing.
  var storeTrouble = ""
  /// The map that this node's file asks for, and why it cannot be made the cluster's now; nil: it can.
  var wanted: ClusterMap?
  var obstacle: String?
  /// How far the machine's clock was set since the start, milliseconds.
  var clockStep: Int64 = 0
  /// This node still removes keys that it does not own any more.
  var isPurging = false

  init() {}

  init(_ thread: ControlThread) {
    view = thread.outsideView ?? thread.control.view
    numbers = thread.numbers
    isReady = thread.outsideView == nil && thread.control.isReady
    state = thread.state
    isUnprotected = thread.isUnprotected
    storeTrouble = thread.store?.trouble ?? ""
    wanted = thread.wantedMap
    obstacle = thread.obstacle
    clockStep = thread.clockStep
    isPurging = thread.control.isDirty
  }

  /// What of a change of the map is under way, a word.
  var mapChange: String {
    guard let change = view?.change else { return isPurging ? "removing" : "none" }
    return change.isConcluded ? "ending" : "loading"
  }
}
