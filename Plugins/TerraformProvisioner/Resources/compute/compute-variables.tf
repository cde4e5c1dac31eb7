variable "name" {
  description = "Name of the launch template."
  type        = string
}

variable "tags" {
  description = "Tags of what comes with an instance, which the provider's default tags do not reach."
  type        = map(string)
}

variable "hosts" {
  description = "Every host by name."

  type = map(object({
    component     = string
    instance_type = string
    private_ip    = string
    user_data     = string
    spot          = optional(object({ max_price = optional(string) }))
  }))
}

variable "image_id" {
  description = "AMI that every host boots from."
  type        = string
}

variable "instance_profile" {
  description = "Name of the instance profile."
  type        = string
}

variable "subnet_id" {
  description = "Subnet of every host."
  type        = string
}

variable "security_group_id" {
  description = "Security group of every host."
  type        = string
}

variable "block_devices" {
  description = "Block devices by host, beside the root device."

  type = map(list(object({
    device_name = string
    type        = string
    size        = number
    iops        = optional(number)
    throughput  = optional(number)
  })))
}
