import Glibc
import TestDatabase
import Testing

/// Feeds of files into pools with copies: each node that may run one has the tree.
@Suite("files fill pools with copies", .serialized)
struct FileFeedWithCopiesTests {
  @Test(arguments: ["[[a], [b]]", "[[a, b], [c]]"])
  func `another node goes on by its own tree, while the pool answers`(copies: String) throws {
    let trees = try copies.filter(\.isLetter).map { _ in try FileSite() }
    // They go with their objects.
    defer { withExtendedLifetime(trees) {} }
    for tree in trees {
      tree.mkdirs("news")
      for i in 0..<300 { try tree.write("news/\(i).html", "page \(i)") }
      try tree.write("large", String(repeating: "l", count: 400_000))
    }
    let shared = try SharedEtcd.claim()
    // Each node has its tree at a path of its own.
    let cluster = try TestCluster(
      trees.count,
      pools: """
          - {name: default, copies: \(copies)}
          - {name: pages, prefix: "page:", kind: deterministic, memory: 64m, copies: \(copies)}
        """,
      settings: [
        "peer_timeout: 2s", "name: \(shared.name)", "etcd: {endpoints: [\"127.0.0.1:\(shared.port)\"]}",
      ],
      more: """
        feeds:
          - name: pages
            kind: files
            pool: pages
            path: TREE
            key: "page:/{path}"
        """, starts: false)
    for (index, tree) in trees.enumerated() {
      try cluster.replace("TREE", with: tree.root, for: index)
    }
    try cluster.bootstrap(copies == "[[a], [b]]" ? [0] : [0, 1])
    let runner = try cluster.awaitFeed("pages")
    for node in cluster.running {
      let client = try cluster.nodes[node].connect()
      for i in stride(from: 0, to: 300, by: 17) { try client.await("news/\(i).html", "page \(i)") }
      #expect(try client.page("large")?.count == 400_000)
      #expect(try client.page("news/300.html") == nil)
    }
    try trees[runner].write("news/1.html", "changed")
    unlink(trees[runner].path("news/2.html"))
    let other = runner == 0 ? 1 : 0
    let client = try cluster.nodes[other].connect()
    try client.await("news/1.html", "changed")
    try client.await("news/2.html", nil)
    // The other trees have the first change, not the second, and one file that the first has not.
    for (index, tree) in trees.enumerated() where index != runner {
      try tree.write("news/1.html", "changed")
      try tree.write("news/new.html", "new")
      unlink(tree.path("news/3.html"))
    }
    try cluster.kill(runner)
    try eventually("the other tree counts") {
      let answer = try client.ask("get page:/news/7.html")
      #expect(answer.contains("page 7"), "\(answer)")
      return try client.page("news/new.html") == "new"
    }
    try client.await("news/1.html", "changed")
    try client.await("news/2.html", "page 2")
    try client.await("news/3.html", nil)
    #expect(try client.page("large")?.count == 400_000)
    try cluster.restart(runner)
    try cluster.awaitReady()
  }
}
