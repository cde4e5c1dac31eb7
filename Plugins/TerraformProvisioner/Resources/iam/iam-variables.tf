variable "name" {
  description = "Name of the role and of the profile."
  type        = string
}

variable "instance_profile" {
  description = "Name of an existing instance profile; null has one made."
  type        = string
}
