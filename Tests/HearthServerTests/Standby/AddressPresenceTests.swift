import Testing

@testable import HearthServer

/// Which interfaces have an address, by the kernel's messages.
@Suite struct AddressPresenceTests {
  private static func presence(_ news: [AddressPresence.News]) -> AddressPresence {
    var presence = AddressPresence()
    presence.listBegins()
    for one in news { _ = presence.take(one) }
    return presence
  }

  @Test func `it is here while an interface has it`() {
    var presence = Self.presence([.added(interface: 2), .listEnds])
    #expect(presence.isHere)
    _ = presence.take(.added(interface: 3))
    _ = presence.take(.removed(interface: 2))
    #expect(presence.isHere)
    _ = presence.take(.removed(interface: 3))
    #expect(!presence.isHere)
  }

  @Test func `loopback does not count`() {
    var presence = Self.presence([.added(interface: 1), .listEnds])
    #expect(!presence.isHere)
    _ = presence.take(.added(interface: 2))
    _ = presence.take(.removed(interface: 1))
    #expect(presence.isHere)
  }

  @Test func `it goes when a new list does not have it`() {
    var presence = Self.presence([.added(interface: 2), .listEnds])
    presence.listBegins()
    #expect(presence.isHere)
    #expect(presence.take(.listEnds) == .none && !presence.isHere)
  }

  @Test func `a list that a removal overtook is asked for again`() {
    var presence = Self.presence([.added(interface: 2), .listEnds])
    presence.listBegins()
    _ = presence.take(.removed(interface: 2))
    // The list still has what was removed while it was written.
    _ = presence.take(.added(interface: 2))
    #expect(presence.take(.listEnds) == .listAgain)
    presence.listBegins()
    #expect(presence.take(.listEnds) == .none && !presence.isHere)
  }

  @Test func `a list during which messages were lost is asked for again`() {
    var presence = AddressPresence()
    presence.listBegins()
    presence.messagesWereLost()
    #expect(presence.take(.listEnds) == .listAgain)
    presence.listBegins()
    #expect(presence.take(.listEnds) == .none)
  }

  @Test func `a list that failed is asked for again`() {
    var presence = AddressPresence()
    #expect(presence.take(.listFailed) == .none)
    presence.listBegins()
    #expect(presence.take(.listFailed) == .listAgain)
  }
}
