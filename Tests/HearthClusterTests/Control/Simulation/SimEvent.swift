@testable import HearthCluster

/// What happens at some time.
indirect enum SimEvent {
  case tick(node: Int, generation: Int)
  case deliver(link: Int, to: Int, SimMessage)
  case connect(Int, Int)
  case walk(node: Int, peer: Int, stream: UInt64, key: Int, gainOf: UInt64)
  case purge(node: Int, process: Int, UInt64, key: Int)
  case storeAsked(node: Int, process: Int, View, expecting: UInt64)
  case storeAnswers(node: Int, process: Int, ProposalOutcome)
  case storeTells(node: Int, View)
  case client
  case fault
  case resume(node: Int)
  case start(node: Int, dataKept: Bool)
  case heal(Int, Int)
  case storeBack(node: Int?)
  case command(node: Int, ControlCommand)
  case told(node: Int, ControlEvent)
  case asked(Int)
}
