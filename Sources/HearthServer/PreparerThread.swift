import HearthNet
import HearthStorage

/// Makes the system provide memory ahead of the workers, until the store is told to end it. The store outlives the
/// thread.
func preparerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  DaemonThread.name("memory")
  Unmanaged<Store>.fromOpaque(context).takeUnretainedValue().prepareMemory()
  return nil
}
