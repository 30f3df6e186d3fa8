import ArgumentParser

/// `hearthctl feed ...`: does something with a table of a feed.
struct FeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feed", abstract: "Verifies a table of a feed, or shows what its rows become.",
    subcommands: [FeedVerifyCommand.self, FeedPreviewCommand.self])
}
