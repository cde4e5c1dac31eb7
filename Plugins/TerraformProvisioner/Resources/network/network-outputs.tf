output "subnet_id" {
  description = "The subnet."
  value       = aws_subnet.this.id
}

output "security_group_id" {
  description = "The security group of every host."
  value       = aws_security_group.this.id
}
