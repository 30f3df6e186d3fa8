/// How far a node of a pair is, as the number that keepalived adds to its priority (`track_file` with weight 1).
public enum StandbyRole: Int, Sendable, CaseIterable {
  /// It is not running or does not have the data: keepalived gives the address away (FAULT, below -253).
  case unfit = -254
  /// It has everything and would take over.
  case standby = 0
  /// It is active.
  case active = 50
  /// It has just become active and has no standby yet: it beats the 50 that a killed node left behind.
  case promoted = 100
}
