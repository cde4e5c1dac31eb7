output "hosts" {
  description = "Every host by name: its instance, where it runs, and its volumes."
  value       = module.compute.hosts
}
