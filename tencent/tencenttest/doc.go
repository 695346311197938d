// Package tencenttest is an emulator of Tencent Cloud's vpc and tag services on the wire.
package tencenttest
