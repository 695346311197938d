// Package bench measures cgw beside the vendors' own SDKs: the same work on the same emulator,
// in one run, as ratios. Its tests check the figures that are counts; those that are times are
// benchmarks, and the program in figures prints them all:
//
//	go test ./bench                     # counts: requests, connections, allocations, memory
//	go test -bench . -run '^$' ./bench  # times, as ratios to the SDKs
//	go run ./bench/figures              # everything as one table
//	go run ./bench/scoreboard           # what becomes of creates when the network fails
package bench
