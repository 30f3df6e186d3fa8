import HearthFeed

extension Server {
  /// The store as this server's feeds see it, for measuring without a connection. The server need not run, and has a feed.
  package var feedTarget: any FeedTarget { FeedStore(state, feed: 0) }
}
