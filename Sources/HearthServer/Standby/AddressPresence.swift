/// Which interfaces have an address, from the kernel's messages in their order. Loopback's do not count: an address may be
/// kept there for good, so that connections are refused at once by a machine that lost it.
struct AddressPresence {
  /// One message about the address, or about a list.
  enum News: Equatable {
    case added(interface: UInt32)
    case removed(interface: UInt32)
    case listEnds
    case listFailed
  }

  /// What to do.
  enum Step: Equatable {
    case none
    /// Ask for the list again: this one cannot be relied on.
    case listAgain
  }

  /// The number of loopback in every network namespace, LOOPBACK_IFINDEX of the kernel.
  private static let loopback: UInt32 = 1

  private var interfaces: Set<UInt32> = []
  /// What the list says that is being received; nil: there is none.
  private var listed: Set<UInt32>?
  /// Something changed since the list was asked for, so it may have been told before the change or after it.
  private var hasChanged = false

  /// The machine has the address.
  var isHere: Bool { !interfaces.isEmpty }

  /// The list was asked for.
  mutating func listBegins() {
    listed = []
    hasChanged = false
  }

  /// Messages were lost. What a list that is being received says was perhaps overtaken by them.
  mutating func messagesWereLost() { hasChanged = true }

  mutating func take(_ news: News) -> Step {
    switch news {
    case .added(Self.loopback), .removed(Self.loopback): break
    case .added(let interface):
      interfaces.insert(interface)
      listed?.insert(interface)
    case .removed(let interface):
      interfaces.remove(interface)
      listed?.remove(interface)
      hasChanged = true
    case .listEnds:
      guard let listed else { break }
      if hasChanged { return .listAgain }
      interfaces = listed
      self.listed = nil
    case .listFailed:
      return listed == nil ? .none : .listAgain
    }
    return .none
  }
}
