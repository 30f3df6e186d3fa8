import Yams

/// The keys of one entry that rows are stored as.
enum EntryFields {
  static func read(_ item: Entry) throws(ConfigurationError) -> EntryDraft {
    var entry = EntryDraft(origin: item.origin)
    try item.read(fields, into: &entry)
    return entry
  }

  static let fields: [Field<EntryDraft>] = [
    Field("key") { (entry, draft) throws(ConfigurationError) in draft.key = try TableFields.key(entry) },
    Field("value") { (entry, draft) throws(ConfigurationError) in draft.value = try value(entry) },
    Field("ttl") { (entry, draft) throws(ConfigurationError) in draft.ttl = try TableFields.ttl(entry) },
    Field("flags") { (entry, draft) throws(ConfigurationError) in draft.flags = try TableFields.flags(entry)
    },
    Field("on_delete") { (entry, draft) throws(ConfigurationError) in
      draft.onDelete = try entry.choice(of: EntryConfiguration.Deletion.self)
    },
  ]

  private static let valueRemedy = "write json, {columns: [id, name]}, {column: html} or {template: FILE}"

  /// `json`, or a mapping with one key.
  private static func value(_ entry: Entry) throws(ConfigurationError) -> EntryConfiguration.Value {
    if case .scalar = entry.node, !entry.isNull {
      let text = try entry.text().value
      guard text == "json" else { throw entry.error("\(quoted(text)) is not known here", valueRemedy) }
      return .json(columns: [])
    }
    var value: EntryConfiguration.Value?
    try entry.read(forms, into: &value)
    guard let value, try entry.pairs().count == 1 else {
      throw entry.error("it must be one thing", valueRemedy)
    }
    return value
  }

  private static let forms: [Field<EntryConfiguration.Value?>] = [
    Field("columns") { (entry, value) throws(ConfigurationError) in
      var columns: [String] = []
      for item in try entry.items() {
        let name = try item.text("id").value
        guard !columns.contains(name) else {
          throw item.error("the column \(quoted(name)) is there already", "name it once")
        }
        columns.append(name)
      }
      // MySQL: a table has at most 4096 columns.
      guard 1...4096 ~= columns.count else {
        throw entry.error(
          "there are \(columns.count) columns", "name one at least, or write value: json for all")
      }
      value = .json(columns: columns)
    },
    Field("column") { (entry, value) throws(ConfigurationError) in
      value = .column(try entry.text("html").value)
    },
    Field("template") { (entry, value) throws(ConfigurationError) in value = .page(try page(entry)) },
  ]

  /// The template at a path; a relative one begins where the configuration is.
  private static func page(_ entry: Entry) throws(ConfigurationError) -> PageTemplate {
    let written = try entry.text("profile.mustache").value
    let folder = entry.file.lastIndex(of: "/").map { entry.file[...$0] } ?? ""
    let path = written.hasPrefix("/") ? written : folder + written
    let text = try TemplateFile.text(of: path, entry)
    do throws(PageTemplate.Problem) {
      return try PageTemplate(text: text, path: path)
    } catch {
      throw entry.error("\(path), line \(error.line): \(error.problem)", error.remedy)
    }
  }
}
