import ArgumentParser

/// What is done to the pair.
enum ChaosFault: String, CaseIterable, ExpressibleByArgument, Sendable {
  case kill, cut, link, partition, slowKill = "slow-kill", stop, standby, etcd, restart, keepalived, promote
  case disk, syncKill = "sync-kill", syncStandby = "sync-standby", clock
  case clockStart = "clock-start"

  /// For the table.
  var title: String {
    switch self {
    case .kill: "kill -9 of the active"
    case .cut: "active machine cut off"
    case .link: "only the link between the two cut"
    case .partition: "3 s: active sees clients only"
    case .slowKill: "link at 8 Mbit/s, then kill -9"
    case .stop: "active stopped for 2 s"
    case .standby: "standby cut off"
    case .etcd: "etcd away"
    case .restart: "both restarted in turn"
    case .keepalived: "keepalived of the active killed"
    case .promote: "hearthctl promote"
    case .disk: "state file's disk full, standby killed"
    case .syncKill: "active killed while it feeds the other"
    case .syncStandby: "standby killed while it loads"
    case .clock: "clock of the active set by 10 min, 3 s"
    case .clockStart: "standby started 10 min ahead takes over"
    }
  }

  /// The only ready copy dies: what it held is lost.
  var losesAll: Bool { self == .syncKill }

  /// Writes go on before it is healed. They cannot where the only ready copy dies, or where the view cannot become durable.
  var isToBeSurvived: Bool { self != .syncKill && self != .disk }

  /// So that a load takes long enough to be interrupted.
  var resyncRate: String? { self == .syncKill || self == .syncStandby ? "4m" : nil }

  /// Daemons get clocks that can be set, and values an expiry: they may not live shorter.
  var setsClocks: Bool { self == .clock || self == .clockStart }

  /// Seconds that values live, 0 for ever.
  var expiry: Int { setsClocks ? 300 : 0 }

  /// Milliseconds that clients wait for one answer: so few that a takeover is measured well. In a planned change nobody is to notice more than
  /// a new connection, and these wait as impatient clients in production do.
  var patience: UInt64 { self == .promote ? 300 : 100 }

  var store: ChaosSite.Store { self == .disk ? .file : .etcd }
}
