// Package cgw registers and looks after customer gateways (the cloud's record of an
// on-premises VPN device) on Tencent Cloud and Alibaba Cloud.
package cgw
