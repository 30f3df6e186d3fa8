import Glibc
import HearthRig

// How the faults are made, and undone.
extension ChaosFault {
  /// Begins it. What has its own length is over when this returns.
  func inject(_ site: ChaosSite) throws {
    let (active, standby) = try site.roles()
    switch self {
    case .kill: active.kill()
    case .cut: try site.network.cutOff(active.name)
    case .link: try site.network.isolate(active.name, standby.name)
    case .partition:
      try site.network.part(active.name, from: [standby.name, ChaosSite.storeHost])
      usleep(3_000_000)
      try site.network.heal()
    case .slowKill: active.kill()
    case .stop:
      active.signal(SIGSTOP)
      usleep(2_000_000)
      active.signal(SIGCONT)
    case .standby: try site.network.cutOff(standby.name)
    case .etcd: try site.network.cutOff(ChaosSite.storeHost)
    case .restart:
      for node in [standby, active] {
        node.stop()
        try node.start()
        try site.awaitReady()
      }
    case .keepalived: active.killKeepalived()
    case .promote: try standby.control("promote", standby.name)
    case .disk:
      site.fillDisks()
      // What is to be written now: that the standby is gone.
      standby.kill()
    case .syncKill: active.kill()
    case .syncStandby: standby.kill()
    case .clock:
      for seconds in [600, -600, 3, -3] {
        try active.clock?.set(ahead: seconds)
        usleep(500_000)
      }
    case .clockStart: active.kill()
    }
  }

  /// What has to be so before the fault, while the load runs.
  func prepare(_ site: ChaosSite) throws {
    let (active, standby) = try site.roles()
    switch self {
    case .slowKill:
      try site.network.limit(from: active.name, to: standby.name, megabits: 8)
      usleep(2_000_000)
    case .syncKill, .syncStandby:
      standby.kill()
      usleep(2_000_000)
      try standby.start()
      try site.waitUntil("\(standby.name) loads", seconds: 10) {
        standby.picture()?.states[standby.name] == "syncing"
      }
      usleep(300_000)
    case .clockStart:
      standby.kill()
      try standby.clock?.set(ahead: 600)
      try standby.start()
      try site.waitUntil("\(standby.name) answers", seconds: 10) { standby.picture() != nil }
      // What NTP does once it is there.
      try standby.clock?.set(ahead: 0)
      try site.awaitReady()
    default: break
    }
  }

  /// Ends it, and starts again what does not run.
  func heal(_ site: ChaosSite) throws {
    site.freeDisks()
    try site.network.heal()
    if self == .keepalived {
      for node in site.nodes {
        node.stopKeepalived()
        try node.startKeepalived()
      }
    }
    for node in site.nodes {
      try node.clock?.set(ahead: 0)
      if !node.isRunning { try node.start() }
    }
    if losesAll {
      try site.waitUntil("both daemons answer", seconds: 10) { site.nodes.allSatisfy { $0.picture() != nil } }
      try site.nodes[0].control("bootstrap")
    }
  }
}
