/// The keys of one entry of `requery`.
enum RequeryFields {
  static func read(_ item: Entry) throws(ConfigurationError) -> RequeryDraft {
    var requery = RequeryDraft(origin: item.origin)
    try item.read(fields, into: &requery)
    return requery
  }

  private static let fields: [Field<RequeryDraft>] = [
    Field("key") { (entry, draft) throws(ConfigurationError) in draft.key = try TableFields.key(entry) },
    Field("sql") { (entry, draft) throws(ConfigurationError) in
      let text = try entry.text(as: "a statement", "select id from photos where user_id = :user_id")
      do throws(SyntaxProblem) {
        draft.statement = Located(try QueryTemplate(text.value), text.origin)
      } catch {
        throw text.origin.error(error)
      }
    },
    Field("value") { (entry, draft) throws(ConfigurationError) in
      draft.value = try entry.choice(of: RequeryConfiguration.Value.self)
    },
    Field("ttl") { (entry, draft) throws(ConfigurationError) in draft.ttl = try TableFields.ttl(entry) },
    Field("flags") { (entry, draft) throws(ConfigurationError) in draft.flags = try TableFields.flags(entry)
    },
  ]
}
