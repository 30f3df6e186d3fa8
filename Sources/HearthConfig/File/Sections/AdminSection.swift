/// `admin`: the HTTP interface for operators and hearthctl. Without the section it is off.
enum AdminSection {
  static let fields: [Field<Draft>] = [
    Field("admin") { (entry, draft) throws(ConfigurationError) in try entry.read(settings, into: &draft) }
  ]

  private static let settings: [Field<Draft>] = [
    Field("listen") { (entry, draft) throws(ConfigurationError) in
      let text = try entry.text()
      draft.adminListener = Located(try Draft.adminListener(text), text.origin)
    },
    Field("mode") { (entry, draft) throws(ConfigurationError) in
      draft.adminMode = Located(try entry.mode(), entry.origin)
    },
  ]
}
