package middleware_test

import (
	"context"
	"fmt"

	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/middleware"
)

func ExampleReadOnly() {
	p := middleware.ReadOnly(&cgwtest.Fake{})
	fmt.Println(p.Delete(context.Background(), "cgw-1"))
	// Output: cgw: Delete cgw-1: permission denied: the Provisioner is read-only
}
