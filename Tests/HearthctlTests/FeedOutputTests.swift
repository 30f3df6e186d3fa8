import HearthAdmin
import HearthJSON
import Testing

@testable import hearthctl

/// What people see of feeds.
@Suite struct FeedOutputTests {
  private func listing(_ change: (inout FeedListing) -> Void = { _ in }) -> JSONValue {
    var feed = FeedListing(
      name: "site", phase: "following", server: "db:3306 (10.11)", position: "bin.000001:77",
      loadPercent: 100,
      loadSecondsLeft: nil, lagSeconds: 0, lagBytes: 0, lagTransactions: 0, differences: 0, lastError: "",
      lastErrorAge: nil,
      tables: [
        .init(
          name: "site.users", isLoaded: true, rows: 3000, problem: nil, verifications: 1,
          verified: (rows: 3000, differences: 0, vanished: 0))
      ])
    change(&feed)
    return .object([("feeds", .array([feed.json]))])
  }

  @Test func following() {
    #expect(
      FeedsCommand.text(listing()) == """
        feed site: following
          follows db:3306 (10.11) at bin.000001:77
          behind by nothing
          TABLE       STATE   ROWS READ
          site.users  loaded       3000
        """)
    let text = FeedsCommand.text(
      listing {
        $0.server = "/srv/site"
        $0.position = ""
        $0.lagBytes = nil
      })
    #expect(
      text == """
        feed site: following
          follows /srv/site
          TABLE       STATE   ROWS READ
          site.users  loaded       3000
        """)
    #expect(FeedsCommand.text(.object([("feeds", .array([]))])) == "there are no feeds")
    #expect(FeedsCommand.text(.object([])) == nil)
  }

  @Test func inTrouble() {
    let text = FeedsCommand.text(
      listing {
        $0.phase = "loading"
        $0.loadPercent = 43
        $0.loadSecondsLeft = 62
        $0.lagSeconds = 5
        $0.lagBytes = 2048
        $0.lagTransactions = 9
        $0.differences = 2
        $0.lastError = "lost\u{1b}"
        $0.lastErrorAge = 61
        $0.tables[0].problem = "no such column"
      })
    #expect(
      text == """
        feed site: loading 43%, 1 min 2 s left
          follows db:3306 (10.11) at bin.000001:77
          behind by 5 s, 2.0 KiB, 9 transactions
          entries that were wrong and are repaired: 2
          last error, 1 min 1 s ago: lost?
          TABLE       STATE                   ROWS READ
          site.users  failed: no such column       3000
        """)
  }

  @Test func verification() {
    var table = FeedListing.Table(
      name: "a.b", isLoaded: true, rows: 5, problem: nil, verifications: 1,
      verified: (rows: 5, differences: 0, vanished: 0))
    #expect(FeedVerifyCommand.text(table) == "a.b: 5 rows, no difference")
    table.verified = (rows: 5, differences: 2, vanished: 1)
    #expect(
      FeedVerifyCommand.text(table)
        == "a.b: 5 rows, 2 entries were missing or wrong, 1 had no row; all are repaired")
  }

  @Test func preview() {
    let rows = PreviewListing.Rows(
      count: 2, excluded: 1, skipped: 3,
      entries: [
        .init(kind: "store", key: "user:1", value: "{}", length: 2, flags: 3, ttl: 60),
        .init(kind: "store", key: "user:2", value: "ab", length: 9, flags: 0, ttl: 0),
        .init(kind: "bump", key: "user", value: "", length: 0, flags: 0, ttl: 0),
        .init(kind: "requery", key: "list:1", value: "", length: 0, flags: 0, ttl: 0),
      ])
    #expect(
      FeedPreviewCommand.text(rows) == """
        user:1 (2 bytes, flags 3, 1 min 0 s)
          {}
        user:2 (9 bytes)
          ab...
        bump user
        requery list:1
        2 rows, 1 left out by where, 3 entries without a valid key
        """)
  }
}
