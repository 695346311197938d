package emulators

import (
	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func tencentOnce(s *tencenttest.Server) (cgw.Provisioner, error) {
	cfg := s.Config()
	cfg.Retry.MaxAttempts = 1
	return tencent.New(cfg)
}

func alibabaOnce(s *alibabatest.Server) (cgw.Provisioner, error) {
	cfg := s.Config()
	cfg.Retry.MaxAttempts = 1
	return alibaba.New(cfg)
}
