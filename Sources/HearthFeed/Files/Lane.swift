/// Folders to be listed and files to be read. What events tell goes on one lane and comes first, what loads and sweeps do on
/// another: a page that was published now does not wait for a sweep.
final class Lane {
  /// A folder that is being listed.
  struct Listing {
    let folder: Folder
    let descriptor: Int32
    let mode: ScanMode
    let names: [Folder.Name]
    var next = 0
  }

  /// A folder whose files are being read.
  struct Reading {
    let folder: Folder
    let descriptor: Int32
    let names: [Folder.Name]
    var next = 0
  }

  var scans = WorkQueue<Folder>()
  var listing: Listing?
  var reads = WorkQueue<Folder>()
  var reading: Reading?

  var isEmpty: Bool { scans.isEmpty && listing == nil && reads.isEmpty && reading == nil }

  func endListing() {
    if let listing { FileCalls.shut(listing.descriptor) }
    listing = nil
  }

  func endReading() {
    if let reading { FileCalls.shut(reading.descriptor) }
    reading = nil
  }

  /// Forgets all of it.
  func clear() {
    endListing()
    endReading()
    scans = WorkQueue()
    reads = WorkQueue()
  }
}
