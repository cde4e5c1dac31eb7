output "instance_profile" {
  description = "Name of the instance profile of every host."
  value       = local.is_made ? aws_iam_instance_profile.this[0].name : var.instance_profile
}
