variable "name" {
  description = "Name of what belongs to the experiment: `labhost-` and the experiment's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]{1,64}$", var.name))
    error_message = "The name may have up to 64 lower-case letters, digits and hyphens: IAM takes no more."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "emulated" {
  description = "Whether the endpoint is an emulator rather than AWS."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of every resource: Project, ExperimentID, ManagedBy, ExpiresAt and the user's."
  type        = map(string)
}

variable "availability_zone" {
  description = "Availability zone of every host; null lets EC2 choose."
  type        = string
  default     = null
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC."
  type        = string
}

variable "subnet_cidr" {
  description = "IPv4 range of the subnet, inside the VPC's."
  type        = string
}

variable "allowed_ssh_cidrs" {
  description = "IPv4 ranges from which SSH is let in. No port is open to the outside unless one is named here."
  type        = list(string)
  default     = []
}

variable "image_id" {
  description = "AMI that every host boots from."
  type        = string
}

variable "instance_profile" {
  description = "Name of an existing instance profile; null has one made that lets Systems Manager reach the hosts."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Every host of the cluster by name, whatever its component."

  type = map(object({
    component     = string
    instance_type = string
    private_ip    = string
    user_data     = string
    # Null for on-demand; a null max_price is the on-demand price.
    spot = optional(object({ max_price = optional(string) }))
    volume = optional(object({
      type       = string
      size       = number
      iops       = optional(number)
      throughput = optional(number)
    }))
  }))

  validation {
    condition     = length(distinct([for host in var.hosts : host.private_ip])) == length(var.hosts)
    error_message = "Two hosts have the same private address."
  }

  validation {
    condition     = alltrue([for host in var.hosts : length(host.user_data) <= 16384])
    error_message = "EC2 takes at most 16 KB of user data."
  }
}
