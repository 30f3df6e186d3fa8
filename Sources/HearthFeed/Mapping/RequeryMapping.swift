import HearthConfig

/// The key of a requery and the columns of its parameters.
final class RequeryMapping: Sendable {
  let key: KeyRenderer
  /// For each `?` of the statement.
  let parameters: [Int]
  let ttl: UInt32
  let flags: UInt32

  init(
    _ requery: RequeryConfiguration, foreignPrefixes: [String], _ names: ColumnNames
  ) throws(MappingError) {
    let place = "requery \(quoted(requery.key.description))"
    key = try KeyRenderer(requery.key, foreignPrefixes: foreignPrefixes) { (name) throws(MappingError) in
      try names.index(of: name, in: place)
    }
    var parameters: [Int] = []
    for name in requery.statement.parameters { parameters.append(try names.index(of: name, in: place)) }
    self.parameters = parameters
    ttl = requery.ttl
    flags = requery.flags
  }
}
