"""What services need from the outside, each as one small Protocol with a real implementation and a fake in tests."""
