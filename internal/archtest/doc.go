// Package archtest holds the rules of docs/architecture.md as tests: who may
// import whom, what a package never calls, that every package says what it is
// for and every flag what it does. A rule that matches nothing any more fails
// as well, so that none goes stale unseen.
//
// It contains no code that runs outside of tests, and nothing imports it.
package archtest
