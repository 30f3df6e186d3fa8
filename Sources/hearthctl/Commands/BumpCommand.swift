import ArgumentParser
import HearthAdmin

/// `hearthctl bump GROUP`: makes a key group's items invalid.
struct BumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bump", abstract: "Makes all items of a key group invalid; prints its new generation.",
    discussion: "A group G covers the key G and every key that begins with G and the delimiter.")

  @OptionGroup var options: AdminOptions
  @Flag(help: "GROUP is base64, for names that are no text.") var base64 = false
  @Argument(help: "The group, for example user:42.") var group: String

  func validate() throws {
    guard !group.isEmpty else { throw ValidationError("the group is empty; give a name like user:42") }
  }

  func run() throws {
    let client = try options.client()
    let answer = try client.post("/v1/bump", .object([(base64 ? "group_base64" : "group", .string(group))]))
    try options.show(answer, client) { $0["generation"]?.unsigned.map(String.init) }
  }
}
