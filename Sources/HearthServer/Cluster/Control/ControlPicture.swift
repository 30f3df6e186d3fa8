import HearthCluster

/// What a node's control thinks, for people: copied after each turn.
struct ControlPicture {
  /// Number of the view; 0 before the first.
  var view: View?
  /// How far this node is.
  var state = NodeState.empty
  /// This node has the only ready copy of some keys.
  var isUnprotected = false
  /// What is wrong with the store of views; empty: nothing.
  var storeTrouble = ""

  init() {}

  init(_ thread: ControlThread) {
    view = thread.control.view
    state = thread.state
    isUnprotected = thread.isUnprotected
    storeTrouble = thread.store?.trouble ?? ""
  }
}
