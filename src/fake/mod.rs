//! The service in memory, for the tests of your own code.
