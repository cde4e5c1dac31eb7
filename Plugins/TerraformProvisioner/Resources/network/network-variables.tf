variable "name" {
  description = "Name of every resource."
  type        = string
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC."
  type        = string

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0))
    error_message = "The VPC's range is not an IPv4 range such as 10.0.0.0/16."
  }
}

variable "subnet_cidr" {
  description = "IPv4 range of the subnet."
  type        = string

  validation {
    condition     = can(cidrhost(var.subnet_cidr, 0))
    error_message = "The subnet's range is not an IPv4 range such as 10.0.1.0/24."
  }
}

variable "availability_zone" {
  description = "Availability zone; null lets EC2 choose."
  type        = string
}

variable "allowed_ssh_cidrs" {
  description = "IPv4 ranges from which SSH is let in."
  type        = list(string)

  validation {
    condition     = !anytrue([for range in var.allowed_ssh_cidrs : endswith(range, "/0")])
    error_message = "SSH is not opened to the whole world."
  }
}
